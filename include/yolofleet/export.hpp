#pragma once

/// Marks the symbols that the shared library exports; all others are hidden.
#define YOLOFLEET_API __attribute__((visibility("default")))
