#include "options.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "errors.hpp"

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

template <typename Enum>
struct Word {
  std::string_view word;
  Enum value;
};

constexpr std::array kPrecisions{
    Word{"auto", Precision::kAuto}, Word{"fp32", Precision::kFp32}, Word{"bf16", Precision::kBf16},
    Word{"fp16", Precision::kFp16}, Word{"tf32", Precision::kTf32},
};
constexpr std::array kResizes{Word{"model", Resize::kModel}, Word{"stretch", Resize::kStretch},
                              Word{"letterbox", Resize::kLetterbox}};
constexpr std::array kDecodes{Word{"auto", Decode::kAuto}, Word{"gpu", Decode::kGpu},
                              Word{"cpu", Decode::kCpu}};
constexpr std::array kDecodeScales{Word{"off", DecodeScale::kOff},
                                   Word{"auto", DecodeScale::kAuto}};
constexpr std::array kMishes{Word{"auto", Mish::kAuto}, Word{"plugin", Mish::kPlugin},
                             Word{"native", Mish::kNative}};
constexpr std::array kReactions{Word{"fail", OnDeviceError::kFail},
                                Word{"continue", OnDeviceError::kContinue}};

constexpr const auto& words_of(Precision) {
  return kPrecisions;
}
constexpr const auto& words_of(Resize) {
  return kResizes;
}
constexpr const auto& words_of(Decode) {
  return kDecodes;
}
constexpr const auto& words_of(DecodeScale) {
  return kDecodeScales;
}
constexpr const auto& words_of(Mish) {
  return kMishes;
}
constexpr const auto& words_of(OnDeviceError) {
  return kReactions;
}

/// Calls `use(name, member)` for each option.
template <typename AnyOptions, typename Use>
void for_each_option(AnyOptions& options, Use use) {
  use("devices", options.devices);
  use("precision", options.precision);
  use("resize", options.resize);
  use("confidence", options.confidence);
  use("nms", options.nms);
  use("max_detections", options.max_detections);
  use("classes", options.classes);
  use("hidden_classes", options.hidden_classes);
  use("threads", options.threads);
  use("decode", options.decode);
  use("decode_scale", options.decode_scale);
  use("batch", options.batch);
  use("slots", options.slots);
  use("mish", options.mish);
  use("build_level", options.build_level);
  use("engine_cache", options.engine_cache);
  use("use_engine_cache", options.use_engine_cache);
  use("max_wait_ms", options.max_wait_ms);
  use("ordered", options.ordered);
  use("on_device_error", options.on_device_error);
  use("self_test", options.self_test);
  use("max_pixels", options.max_pixels);
}

template <typename Enum>
Enum from_word(const std::string& name, const std::string& word) {
  std::string allowed;
  for (const auto& known : words_of(Enum{})) {
    if (known.word == word) {
      return known.value;
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(known.word);
  }
  raise({ErrorCode::kInvalidArgument, name + " is '" + word + "', not one of " + allowed});
}

template <typename Enum>
std::string to_word(Enum value) {
  for (const auto& known : words_of(value)) {
    if (known.value == value) {
      return std::string(known.word);
    }
  }
  return {};
}

template <typename T>
T cast(const std::string& name, const nb::handle& value) {
  T result{};
  if (!nb::try_cast<T>(value, result)) {
    if (std::is_integral_v<T> && !std::is_same_v<T, bool> && PyLong_Check(value.ptr()) != 0) {
      raise({ErrorCode::kInvalidArgument,
             name + " is " + nb::cast<std::string>(nb::str(value)) + ", which is out of range"});
    }
    const std::string got = nb::cast<std::string>(nb::str(value.type().attr("__name__")));
    throw nb::type_error(("the option " + name + " has a value of a wrong type: " + got).c_str());
  }
  return result;
}

}  // namespace

Options options_of(const nb::dict& given) {
  Options options;
  std::string names;
  std::size_t known = 0;
  for_each_option(options, [&](const std::string& name, auto& member) {
    using Member = std::remove_reference_t<decltype(member)>;
    names += (names.empty() ? "" : ", ") + name;
    if (!given.contains(name.c_str())) {
      return;
    }
    ++known;
    const nb::object value = given[name.c_str()];
    if constexpr (std::is_enum_v<Member>) {
      member = from_word<Member>(name, cast<std::string>(name, value));
    } else {
      member = cast<Member>(name, value);
    }
  });
  if (known < given.size()) {
    const nb::dict defaults = dict_of(Options{});
    for (const auto& [key, value] : given) {
      if (!defaults.contains(key)) {
        const std::string wrong = nb::cast<std::string>(nb::str(key));
        throw nb::type_error(("no option '" + wrong + "'; the options are " + names).c_str());
      }
    }
  }
  return options;
}

nb::dict dict_of(const Options& options) {
  nb::dict result;
  for_each_option(options, [&](const char* name, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_enum_v<Member>) {
      result[name] = to_word(member);
    } else {
      result[name] = member;
    }
  });
  return result;
}

void bind_options(nb::module_& module) {
  module.def(
      "default_options", [] { return dict_of(Options{}); },
      "All options of a Detector with their defaults.");
}

}  // namespace yolofleet::python
