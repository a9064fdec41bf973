# All packages that the project is built on. nvcc and TensorRT's headers are found by cmake/Cuda.cmake.

# The library.
find_package(tl-expected CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(Threads REQUIRED)
find_package(JPEG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(spng IMPORTED_TARGET spng)
if(NOT spng_FOUND)
  # Ubuntu 22.04 has no package of libspng; `make setup` builds it into .venv there.
  include(CMakeFindDependencyMacro)  # which its package config uses without including it
  find_package(ZLIB REQUIRED)
  find_package(SPNG REQUIRED CONFIG HINTS "${PROJECT_SOURCE_DIR}/.venv/lib/cmake/spng")
  add_library(PkgConfig::spng INTERFACE IMPORTED)
  target_link_libraries(PkgConfig::spng INTERFACE spng::spng_static)
endif()
if(YOLOFLEET_HAS_CUDA)
  find_package(CUDAToolkit REQUIRED)
endif()

# The CPU module: OpenVINO from its PyPI wheel in .venv, or from OpenVINO_DIR.
if(NOT YOLOFLEET_OPENVINO STREQUAL "off")
  file(GLOB wheel "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/openvino/cmake")
  find_package(OpenVINO QUIET CONFIG COMPONENTS Runtime HINTS ${wheel})
  if(NOT OpenVINO_FOUND AND YOLOFLEET_OPENVINO STREQUAL "on")
    message(FATAL_ERROR "no OpenVINO: `make setup` installs it into .venv, or set OpenVINO_DIR to the folder of its OpenVINOConfig.cmake")
  endif()
  if(OpenVINO_FOUND)
    message(STATUS "CPU back end: OpenVINO in ${OpenVINO_DIR}")
  else()
    message(STATUS "CPU back end: left out (OpenVINO: ${OpenVINO_DIR}; set OpenVINO_DIR)")
  endif()
endif()

# The video module: FFmpeg's libraries.
set(YOLOFLEET_HAS_VIDEO OFF)
set(YOLOFLEET_FFMPEG_PACKAGES "")
if(NOT YOLOFLEET_VIDEO STREQUAL "off")
  # FFmpeg 4.4, of Ubuntu 22.04, or newer.
  pkg_check_modules(ffmpeg IMPORTED_TARGET libavformat>=58.76 libavcodec>=58.134 libavutil>=56.70 libswscale>=5.9)
  if(NOT ffmpeg_FOUND AND YOLOFLEET_VIDEO STREQUAL "on")
    message(FATAL_ERROR "FFmpeg's headers aren't there: `make setup` installs them")
  endif()
  if(ffmpeg_FOUND)
    set(YOLOFLEET_HAS_VIDEO ON)
    # Debian's and Ubuntu's packages of libraries have the first number of the version in their names:
    # libavformat59, which brings libavcodec and libavutil with it.
    foreach(library IN ITEMS libavformat libswscale)
      string(REGEX MATCH "^[0-9]+" major "${ffmpeg_${library}_VERSION}")
      list(APPEND YOLOFLEET_FFMPEG_PACKAGES "${library}${major}")
    endforeach()
    list(JOIN YOLOFLEET_FFMPEG_PACKAGES " and " YOLOFLEET_FFMPEG_PACKAGES)
  endif()
endif()
message(STATUS "Videos: ${YOLOFLEET_HAS_VIDEO}")

# The command, the tests and the benchmarks.
if(YOLOFLEET_COMMAND OR YOLOFLEET_BENCH)
  find_package(CLI11 CONFIG REQUIRED)
  find_package(nlohmann_json CONFIG REQUIRED)
endif()
if(YOLOFLEET_COMMAND)
  # cpp-httplib, which brings OpenSSL with it, is for the metrics server only.
  if(NOT YOLOFLEET_METRICS STREQUAL "off")
    pkg_check_modules(httplib IMPORTED_TARGET cpp-httplib)
    if(NOT httplib_FOUND AND YOLOFLEET_METRICS STREQUAL "on")
      message(FATAL_ERROR "cpp-httplib isn't there: `make setup` installs it")
    endif()
  endif()
  if(TARGET PkgConfig::httplib)
    set(YOLOFLEET_HAS_METRICS ON)
  else()
    set(YOLOFLEET_HAS_METRICS OFF)
  endif()
  message(STATUS "Metrics server: ${YOLOFLEET_HAS_METRICS}")
endif()
if(YOLOFLEET_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  # Runs the tests that are written in Python; `make setup` makes the .venv.
  find_program(YOLOFLEET_PYTHON NAMES python3 PATHS "${PROJECT_SOURCE_DIR}/.venv/bin"
    NO_DEFAULT_PATH REQUIRED)
endif()
if(YOLOFLEET_BENCH)
  find_package(benchmark REQUIRED)
endif()
