"""What a library consists of on disk: catalog, index, generations, backup."""
