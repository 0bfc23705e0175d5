"""The main job: notebooks run in order, PDFs made, a year's results exchanged safely."""
