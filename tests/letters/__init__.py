"""How each letter of the site comes about: by the page or the tick that people and clocks use. One module an app."""
