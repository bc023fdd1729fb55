"""What a library is made of on disk: catalog, index, generations, backup."""
