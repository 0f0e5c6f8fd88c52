"""The four views as a reader meets them: pointing, keys, sizes, themes."""
