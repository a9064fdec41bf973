# The warnings that our own code must be free of. Other people's headers are system headers.
add_library(yolofleet_warnings INTERFACE)
target_compile_options(yolofleet_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
  -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough)
if(YOLOFLEET_WERROR)
  target_compile_options(yolofleet_warnings INTERFACE -Werror)
endif()
if(YOLOFLEET_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees unset values and overflows that aren't there once it has instrumented the code.
  target_compile_options(yolofleet_warnings INTERFACE
    -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
