"""The parts of the library tab: adding, removing, the table of articles."""
