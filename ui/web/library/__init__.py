"""What the library tab is made of: adding, removing, the table of articles."""
