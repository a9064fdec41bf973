#pragma once

/// Marks a function that kernels call, too. Nothing to a compiler that isn't nvcc.
#ifdef __CUDACC__
#define YOLOFLEET_HOST_DEVICE __host__ __device__
#else
#define YOLOFLEET_HOST_DEVICE
#endif
