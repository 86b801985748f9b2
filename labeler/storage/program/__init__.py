"""What the program keeps for itself: settings, reports of crashes, training runs."""
