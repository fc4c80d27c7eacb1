"""What happens to an attachment, from the upload to the download."""
