#include "backend/choose_devices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/fail.hpp"

namespace yolofleet::backend {
namespace {

using base::fail;

bool is_group(std::string_view word) {
  return word == "auto" || word == "all";
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) {
      return words;
    }
    list.remove_prefix(comma + 1);
  }
}

std::string allowed_names(const std::vector<Listing>& listings) {
  std::string words = R"("auto" or "all" alone)";
  for (const Listing& listing : listings) {
    for (const auto& device : listing.devices.value_or(Devices{})) {
      for (const std::string& name : device->names()) {
        words += fmt::format(", \"{}\"", name);
      }
    }
  }
  return words;
}

/// The listing whose back end's names begin as `word` does; null: none.
const Listing* listing_of(std::string_view word, const std::vector<Listing>& listings) {
  const auto found = std::find_if(listings.begin(), listings.end(), [&](const Listing& listing) {
    return std::any_of(listing.prefixes.begin(), listing.prefixes.end(),
                       [&](const std::string& prefix) { return word.starts_with(prefix); });
  });
  return found == listings.end() ? nullptr : &*found;
}

/// The devices of "auto" or "all".
Result<Devices> usable_devices(const Options& options, const std::vector<Listing>& listings,
                               std::vector<std::string>& warnings) {
  Devices chosen;
  Devices fallbacks;
  for (const Listing& listing : listings) {
    if (!listing.devices && listing.devices.error().code != ErrorCode::kNotFound) {
      warnings.push_back(
          fmt::format("no {} is used: {}", listing.noun, listing.devices.error().message));
    }
    for (const auto& device : listing.devices.value_or(Devices{})) {
      if (const std::string why = device->unavailable(); !why.empty()) {
        warnings.push_back(fmt::format("{} isn't used: {}", device->id(), why));
      } else {
        (device->is_fallback() ? fallbacks : chosen).push_back(device);
      }
    }
  }
  if (chosen.empty() || options.devices == "all") {
    chosen.insert(chosen.end(), fallbacks.begin(), fallbacks.end());
  }
  if (chosen.empty()) {
    return fail(ErrorCode::kNotFound, "no device of this machine can be used{}{}",
                warnings.empty() ? "" : ": ", warnings.empty() ? "" : warnings.front());
  }
  return chosen;
}

Result<std::shared_ptr<Device>> find_device(const std::string& word, const Options& options,
                                            const std::vector<Listing>& listings) {
  if (is_group(word)) {
    return fail(ErrorCode::kInvalidArgument, "device \"{}\" can't be combined with other devices",
                word);
  }
  for (const Listing& listing : listings) {
    for (const auto& device : listing.devices.value_or(Devices{})) {
      if (!device->has_name(word)) {
        continue;
      }
      if (const std::string why = device->unavailable(); !why.empty()) {
        return fail(ErrorCode::kNotFound, "{} can't be used: {}", word, why);
      }
      return device->configure(word, options).map([&](const std::shared_ptr<Device>& configured) {
        return configured ? configured : device;
      });
    }
  }
  const Listing* const listing = listing_of(word, listings);
  if (listing != nullptr && !listing->devices) {
    return fail(ErrorCode::kNotFound, "{} can't be used: {}", word,
                listing->devices.error().message);
  }
  return fail(ErrorCode::kNotFound, "no device \"{}\" here; {} are allowed", word,
              allowed_names(listings));
}

/// The devices of a list.
Result<Devices> named_devices(const Options& options, const std::vector<Listing>& listings,
                              std::vector<std::string>& warnings) {
  Devices chosen;
  std::optional<Error> missing;
  for (const std::string& word : split(options.devices)) {
    auto device = find_device(word, options, listings);
    if (!device) {
      const bool may_be_missing = options.on_device_error == OnDeviceError::kContinue &&
                                  device.error().code == ErrorCode::kNotFound &&
                                  listing_of(word, listings) != nullptr;
      if (!may_be_missing) {
        return tl::unexpected(std::move(device).error());
      }
      warnings.push_back(device.error().message);
      missing = missing.value_or(device.error());
      continue;
    }
    if (std::any_of(chosen.begin(), chosen.end(),
                    [&](const auto& other) { return other->id() == (*device)->id(); })) {
      return fail(ErrorCode::kInvalidArgument, "device \"{}\" is named twice", word);
    }
    chosen.push_back(*std::move(device));
  }
  if (chosen.empty()) {
    return tl::unexpected(*std::move(missing));
  }
  return chosen;
}

}  // namespace

Result<Devices> choose_devices(const Options& options, const std::vector<Listing>& listings,
                               std::vector<std::string>& warnings) {
  return is_group(options.devices) ? usable_devices(options, listings, warnings)
                                   : named_devices(options, listings, warnings);
}

Result<std::shared_ptr<Device>> choose_one_device(const Options& options,
                                                  const std::vector<Listing>& listings) {
  Options strict = options;
  strict.on_device_error = OnDeviceError::kFail;  // no other device takes a missing one's place
  std::vector<std::string> warnings;              // about devices that the caller didn't name
  auto chosen = choose_devices(strict, listings, warnings);
  if (!chosen) {
    return tl::unexpected(std::move(chosen).error());
  }
  if (chosen->size() != 1) {
    return fail(ErrorCode::kInvalidArgument, "devices are \"{}\", {} of them; one is allowed here",
                options.devices, chosen->size());
  }
  return chosen->front();
}

}  // namespace yolofleet::backend
