#pragma once

#include <string_view>

#include "yolofleet/export.hpp"

namespace yolofleet {

/// The library's version, "MAJOR.MINOR.PATCH".
YOLOFLEET_API std::string_view version() noexcept;

}  // namespace yolofleet
