"""What happens after delivery: claim windows and cases."""
