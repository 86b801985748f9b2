"""What a classifier would see of the pictures, drawn over them."""
