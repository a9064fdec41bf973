# What a build may be asked for. CMakePresets.json holds the usual combinations.
option(YOLOFLEET_TESTS "Build the tests" ON)
option(YOLOFLEET_BENCH "Build the benchmarks" ON)
option(YOLOFLEET_FUZZ "Build the fuzzers (clang)" OFF)
# Another compiler than the one that the project is kept clean with may warn of more.
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15 AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR
   CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13 AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(known_compiler ON)
else()
  set(known_compiler OFF)
endif()
option(YOLOFLEET_WERROR "Warnings are errors" ${known_compiler})
set(YOLOFLEET_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
set(YOLOFLEET_OPENVINO auto CACHE STRING "The CPU back end: auto (where OpenVINO is found), on, off")
set(YOLOFLEET_METRICS auto CACHE STRING
  "The metrics server of `yolofleet detect`: auto (where cpp-httplib is found), on, off")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_CUDA_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Other people's headers put __FILE__ into messages: no path of this machine goes into a program.
add_compile_options("-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")
# The build tree has the layout of an installed one, so that files find each other in both.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
