#include "image/pictures.hpp"

#include <algorithm>
#include <cstdlib>

namespace yolofleet::image {

File bytes(std::initializer_list<int> values) {
  File file;
  for (const int value : values) {
    file.push_back(static_cast<std::byte>(value));
  }
  return file;
}

File bytes(std::string_view text) {
  File file;
  for (const char character : text) {
    file.push_back(static_cast<std::byte>(character));
  }
  return file;
}

void append(File& file, const File& more) {
  const std::size_t before = file.size();
  file.resize(before + more.size());
  std::copy(more.begin(), more.end(), file.begin() + static_cast<std::ptrdiff_t>(before));
}

void append_little(File& file, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) {
    file.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
}

void append_big(File& file, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    file.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
}

Image picture(int width, int height, const std::function<std::uint32_t(int, int)>& colour) {
  Image image(width, height);
  std::size_t at = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint32_t rgb = colour(x, y);
      for (const int shift : {16, 8, 0}) {
        image.pixels()[at++] = static_cast<std::uint8_t>(rgb >> shift);
      }
    }
  }
  return image;
}

Image gradient(int width, int height) {
  return picture(width, height, [&](int x, int y) {
    return static_cast<std::uint32_t>(((x * 255 / width) << 16) | ((y * 255 / height) << 8) |
                                      ((x + y) * 255 / (width + height)));
  });
}

Image quarters(int width, int height) {
  return picture(width, height, [&](int x, int y) -> std::uint32_t {
    const bool right = x >= width / 2;
    if (y < height / 2) {
      return right ? 0x00FF00 : 0xFF0000;
    }
    return right ? 0xFFFFFF : 0x0000FF;
  });
}

std::uint32_t pixel(const Image& image, int x, int y) {
  const std::uint8_t* at = image.pixels().data() + (static_cast<std::size_t>(y) * image.stride()) +
                           (static_cast<std::size_t>(x) * 3);
  return static_cast<std::uint32_t>((at[0] << 16) | (at[1] << 8) | at[2]);
}

std::string quarters_of(const Image& image) {
  std::string result;
  for (const int y : {image.height() / 4, image.height() * 3 / 4}) {
    for (const int x : {image.width() / 4, image.width() * 3 / 4}) {
      const std::uint32_t rgb = pixel(image, x, y);
      const bool red = (rgb >> 16) > 128;
      const bool blue = (rgb & 0xFF) > 128;
      result += red && blue ? 'w' : red ? 'r' : blue ? 'b' : 'g';
    }
  }
  return result;
}

int difference(const Image& a, const Image& b) {
  if (a.width() != b.width() || a.height() != b.height() || a.format() != b.format()) {
    return 256;
  }
  int most = 0;
  for (std::size_t i = 0; i < a.pixels().size(); ++i) {
    most = std::max(most, std::abs(a.pixels()[i] - b.pixels()[i]));
  }
  return most;
}

File exif_block(int orientation, bool big_endian) {
  File block = bytes(big_endian ? std::string_view("MM\0*", 4) : std::string_view("II*\0", 4));
  const auto put = [&](std::uint32_t value, int count) {
    (big_endian ? append_big : append_little)(block, value, count);
  };
  put(8, 4);       // where the first directory is
  put(2, 2);       // its entries
  put(0x010F, 2);  // a tag that is skipped: the maker
  put(2, 2);
  put(4, 4);
  append(block, bytes("abc"));
  block.push_back(std::byte{0});
  put(0x0112, 2);  // the orientation
  put(3, 2);
  put(1, 4);
  put(static_cast<std::uint32_t>(orientation), 2);
  put(0, 2);
  put(0, 4);  // no further directory
  return block;
}

File exif_segment(int orientation, bool big_endian) {
  File segment = bytes({'E', 'x', 'i', 'f', 0, 0});
  append(segment, exif_block(orientation, big_endian));
  return segment;
}

Error error_of(const File& file, const DecodeLimits& limits) {
  const auto result = Image::decode(file, limits);
  return result ? Error{ErrorCode::kInternal, "decoded"} : result.error();
}

std::string planes_against_rgb(const File& file, const DecodeLimits& limits) {
  const auto rgb = Image::decode(file, limits);
  const auto planes = Planes::decode(file, limits);
  if (!planes) {
    const std::string& message = planes.error().message;
    const bool other = message.find("isn't stored in planes") != std::string::npos;
    return other                                     ? ""
           : rgb                                     ? "planes alone are refused: " + message
           : rgb.error().message != message          ? message + " against " + rgb.error().message
           : rgb.error().code != planes.error().code ? "codes differ"
                                                     : "";
  }
  if (!rgb) {
    return "RGB alone is refused: " + rgb.error().message;
  }
  const Image converted = to_rgb(planes->view());
  return converted.width() == rgb->width() && converted.height() == rgb->height() &&
                 std::ranges::equal(converted.pixels(), rgb->pixels())
             ? ""
             : "other pixels";
}

}  // namespace yolofleet::image
