"""What a classifier would see of the images, drawn over them."""
