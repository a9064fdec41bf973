# The options of a build. CMakePresets.json holds the usual combinations. In a project that adds this
# one (add_subdirectory, FetchContent) the defaults build the library and its modules, nothing else.
option(YOLOFLEET_COMMAND "Build the command" ${PROJECT_IS_TOP_LEVEL})
option(YOLOFLEET_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(YOLOFLEET_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(YOLOFLEET_FUZZ "Build the fuzzers (clang)" OFF)
option(YOLOFLEET_PYTHON_MODULE "Build the Python module (pyproject.toml does)" OFF)
option(YOLOFLEET_INSTALL "Install the library, and the command if it is built" ${PROJECT_IS_TOP_LEVEL})
# Compilers other than those that CI runs may warn of more.
if(PROJECT_IS_TOP_LEVEL AND
   (CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15 AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR
    CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13 AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU"))
  set(warnings_are_errors ON)
else()
  set(warnings_are_errors OFF)
endif()
option(YOLOFLEET_WERROR "Warnings are errors" ${warnings_are_errors})
set(YOLOFLEET_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
set(YOLOFLEET_OPENVINO auto CACHE STRING "The CPU back end: auto (if OpenVINO is found), on, off")
set(YOLOFLEET_CUDA auto CACHE STRING
  "The GPU back end: auto (if nvcc and TensorRT's headers are found), on, off")
set(YOLOFLEET_VIDEO auto CACHE STRING
  "The module that reads and writes videos: auto (if FFmpeg's headers are found), on, off")
set(YOLOFLEET_METRICS auto CACHE STRING
  "The metrics server of `yolofleet detect`: auto (if cpp-httplib is found), on, off")

if(YOLOFLEET_TESTS AND NOT YOLOFLEET_COMMAND)
  message(FATAL_ERROR "The tests need the command: set YOLOFLEET_COMMAND to ON, or YOLOFLEET_TESTS to OFF")
endif()
