# The GPU back end: CUDA's compiler and TensorRT's headers. TensorRT is loaded at run time, so building needs
# none of its libraries.
set(YOLOFLEET_HAS_CUDA OFF)
if(YOLOFLEET_CUDA STREQUAL "off")
  return()
endif()

# nvcc from PATH, or from the PyPI wheels in .venv.
include(CheckLanguage)
file(GLOB wheel_nvcc "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/nvidia/cu13/bin/nvcc")
if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  find_program(YOLOFLEET_NVCC nvcc PATHS /usr/local/cuda/bin)
  if(NOT YOLOFLEET_NVCC AND wheel_nvcc)
    set(YOLOFLEET_NVCC "${wheel_nvcc}" CACHE FILEPATH "" FORCE)
  endif()
  if(YOLOFLEET_NVCC)
    set(CMAKE_CUDA_COMPILER "${YOLOFLEET_NVCC}")
  endif()
endif()
check_language(CUDA)

# NvInfer.h: from TENSORRT_INCLUDE_DIR, from Debian's packages, or from PyPI.
file(GLOB wheel_tensorrt
  "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/kernel_lens/include/tensorrt")
find_path(TENSORRT_INCLUDE_DIR NvInfer.h HINTS ${wheel_tensorrt}
  PATH_SUFFIXES x86_64-linux-gnu DOC "The folder with TensorRT's headers")

if(CMAKE_CUDA_COMPILER AND TENSORRT_INCLUDE_DIR)
  # All cards of the last seven years; drivers of later cards compile the code of the last one.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90-real 100-real 120)
  endif()
  set(CMAKE_CUDA_HOST_COMPILER "${CMAKE_CXX_COMPILER}")
  enable_language(CUDA)
  # CMake 3.25 doesn't know that nvcc 13 has C++20.
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  endif()
  set(YOLOFLEET_HAS_CUDA ON)
  add_library(yolofleet_tensorrt_headers INTERFACE)
  target_include_directories(yolofleet_tensorrt_headers SYSTEM INTERFACE "${TENSORRT_INCLUDE_DIR}")
  target_link_libraries(yolofleet_tensorrt_headers INTERFACE CUDA::cudart_static)
  message(STATUS "GPU back end: nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}, "
    "TensorRT's headers in ${TENSORRT_INCLUDE_DIR}")
elseif(YOLOFLEET_CUDA STREQUAL "on")
  message(FATAL_ERROR "The GPU back end needs nvcc (found: ${CMAKE_CUDA_COMPILER}) and NvInfer.h "
    "(TENSORRT_INCLUDE_DIR: ${TENSORRT_INCLUDE_DIR})")
else()
  message(STATUS "GPU back end: left out (nvcc: ${CMAKE_CUDA_COMPILER}, NvInfer.h: "
    "${TENSORRT_INCLUDE_DIR})")
endif()
