#pragma once

/// Marks what the shared library gives to its users; everything else stays hidden inside it.
#define YOLOFLEET_API __attribute__((visibility("default")))
