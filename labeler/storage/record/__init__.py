"""What a copy says of itself, the columns that labels become, and how its files are replaced."""
