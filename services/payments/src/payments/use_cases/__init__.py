"""What payments can be asked to do, one file each."""
