#pragma once

#include <utility>
#include <variant>

#include "yolofleet/picture.hpp"

namespace yolofleet::backend {

/// Decodes an encoded file and puts the Image in its place; other pictures stay as they are.
/// Errors: Image::decode's; the file stays in `picture` then.
inline Result<void> decode_in_place(Picture& picture, const DecodeLimits& limits) {
  if (const auto* const encoded = std::get_if<EncodedImage>(&picture)) {
    auto image = Image::decode(*encoded, limits);
    if (!image) {
      return tl::unexpected(std::move(image).error());
    }
    picture = *std::move(image);
  }
  return {};
}

/// The pixels of a picture that isn't an encoded file; throws std::bad_variant_access for one.
inline ImageView view_of(const Picture& picture) {
  const auto* const image = std::get_if<Image>(&picture);
  return image != nullptr ? image->view() : std::get<ImageView>(picture);
}

}  // namespace yolofleet::backend
