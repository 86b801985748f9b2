"""Controls, colours and work off the window's thread: what every room of the window uses."""
