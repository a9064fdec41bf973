# The headers that shape what crosses between the CPU lane and its module.
file(GLOB YOLOFLEET_CPU_MODULE_HEADERS CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/graph/*.hpp")
list(APPEND YOLOFLEET_CPU_MODULE_HEADERS
  "${PROJECT_SOURCE_DIR}/src/backend/cpu/executor.hpp"
  "${PROJECT_SOURCE_DIR}/include/yolofleet/error.hpp"
  "${PROJECT_SOURCE_DIR}/include/yolofleet/options.hpp")
