"""What a LeRobot dataset on disk says; nothing here changes a file."""
