"""Attachments from the upload to the download: what is allowed, how it is sealed, scanned, cleaned and handed out."""
