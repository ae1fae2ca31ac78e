"""Where clips come from: archives, folders, published tables, annotations, downloads by checksum."""
