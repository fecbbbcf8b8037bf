"""What only NVIDIA's GPUs have: graphs, and the management library's sensors. The device itself is `devices.cuda`."""
