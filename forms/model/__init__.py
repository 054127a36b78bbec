"""What a form asks: a form-js file read into components that never change."""
