#include "verify/pictures.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "input/read.hpp"
#include "input/source.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

Result<Image> read_picture(const Entry& entry, const PictureLimits& most) {
  if (entry.error) {
    return tl::unexpected(*entry.error);
  }
  const auto bytes = read_file(file_of(entry), most.stop_descriptor);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  DecodeLimits limits;
  limits.max_pixels = most.max_pixels;
  auto image = Image::decode(*bytes, limits);
  if (!image) {
    return fail(image.error().code, "{}: {}", entry.name, image.error().message);
  }
  return image;
}

/// A generator of our own: std's distributions differ from one library to the next.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}

  /// 0 to `below` - 1.
  int operator()(int below) {
    state_ = state_ * 1664525U + 1013904223U;  // Numerical Recipes' constants
    return static_cast<int>((state_ >> 8U) % static_cast<std::uint32_t>(below));
  }

 private:
  std::uint32_t state_;
};

struct Colour {
  std::array<std::uint8_t, 3> channels;
};

Colour random_colour(Random& random) {
  Colour colour{};
  for (std::uint8_t& channel : colour.channels) {
    channel = static_cast<std::uint8_t>(random(256));
  }
  return colour;
}

void shade(Image& image, Random& random) {
  const Colour left = random_colour(random);
  const Colour right = random_colour(random);
  std::uint8_t* pixel = image.pixels().data();
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const int smooth =
            (left.channels[c] * (image.width() - x) + right.channels[c] * x) / image.width();
        *pixel++ = static_cast<std::uint8_t>(std::clamp(smooth + random(17) - 8, 0, 255));
      }
    }
  }
}

void add_rectangle(Image& image, Random& random) {
  const Colour colour = random_colour(random);
  const int width = 1 + random(std::max(image.width() / 2, 1));
  const int height = 1 + random(std::max(image.height() / 2, 1));
  const int left = random(image.width() - width + 1);
  const int top = random(image.height() - height + 1);
  for (int y = top; y < top + height; ++y) {
    std::uint8_t* pixel = image.pixels().data() + static_cast<std::size_t>(y) * image.stride() +
                          static_cast<std::size_t>(left) * 3;
    for (int x = 0; x < width; ++x) {
      pixel = std::copy(colour.channels.begin(), colour.channels.end(), pixel);
    }
  }
}

Image make_up(int width, int height, std::uint32_t seed) {
  constexpr int kRectangles = 12;
  Image image{width, height};
  Random random{seed};
  shade(image, random);
  for (int i = 0; i < kRectangles; ++i) {
    add_rectangle(image, random);
  }
  return image;
}

}  // namespace

Result<VerifyPictures> read_pictures(Inputs& inputs, const PictureLimits& most) {
  VerifyPictures taken;
  std::optional<Error> first_failure;
  std::size_t bytes = 0;
  while (auto entry = inputs.next()) {
    if (taken.pictures.size() == most.pictures || bytes >= most.bytes) {
      taken.more = taken.pictures.size() == most.pictures ? More::kOverLimit : More::kOverMemory;
      break;
    }
    auto image = read_picture(*entry, most);
    if (!image && image.error().code == ErrorCode::kCancelled) {
      return tl::unexpected(std::move(image).error());
    }
    if (image) {
      bytes += image->pixels().size();
      taken.pictures.push_back({std::move(entry->name), *std::move(image)});
    } else {
      taken.failed.push_back(image.error().message);
      first_failure = first_failure.value_or(image.error());
    }
  }
  if (taken.more == More::kNone) {
    if (const auto empty = inputs.first_empty()) {
      return fail(ErrorCode::kInvalidArgument, "{}", *empty);
    }
    taken.skipped = inputs.skipped();
  }
  if (taken.pictures.empty()) {
    return tl::unexpected(*first_failure);
  }
  return taken;
}

VerifyPictures make_up_pictures(InputSize input) {
  const std::array sizes{input, InputSize{input.width * 2, input.height * 3 / 2},
                         InputSize{input.width * 3 / 4, input.height}, InputSize{97, 61}};
  VerifyPictures made;
  made.made_up = true;
  std::uint32_t seed = 1;
  for (const InputSize& size : sizes) {
    made.pictures.push_back(
        {fmt::format("made-up picture {} ({}x{})", seed, size.width, size.height),
         make_up(size.width, size.height, seed)});
    ++seed;
  }
  return made;
}

}  // namespace yolofleet::command
