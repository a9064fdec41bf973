# Compiler warnings for our own code. Headers of other projects are system headers, which give none.
add_library(yolofleet_warnings INTERFACE)
set(cxx_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused -Wdouble-promotion
  -Wformat=2 -Wimplicit-fallthrough)
target_compile_options(yolofleet_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${cxx_warnings}>" "$<$<COMPILE_LANGUAGE:CUDA>:-Wno-deprecated-gpu-targets>")
if(YOLOFLEET_WERROR)
  target_compile_options(yolofleet_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Werror> "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports overlaps in std::string that don't exist (GCC's bug 105651).
  target_compile_options(yolofleet_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  if(YOLOFLEET_SANITIZE)
    # In instrumented code it also reports uninitialised values and overflows that don't exist.
    target_compile_options(yolofleet_warnings INTERFACE
      -Wno-maybe-uninitialized -Wno-stringop-overflow)
  endif()
endif()
