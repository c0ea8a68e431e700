"""The newsletter: column → edition → message → delivery."""
