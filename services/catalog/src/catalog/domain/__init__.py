"""The rules of the catalogue: what may be offered, how stock is counted, when units are held."""
