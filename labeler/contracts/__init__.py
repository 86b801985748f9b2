"""What both programs and the releases of LeRobot agree on: each file and line described once."""
