"""大屏: queues and telephones as they are now, and today so far."""
