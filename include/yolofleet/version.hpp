#pragma once

#include <string_view>

#include "yolofleet/export.hpp"

namespace yolofleet {

/// The version of the library: "MAJOR.MINOR.PATCH".
YOLOFLEET_API std::string_view version() noexcept;

}  // namespace yolofleet
