#include "fleet/budget.hpp"

#include <algorithm>
#include <variant>

#include "image/decoded_bytes.hpp"

namespace yolofleet::fleet {
namespace {

bool fits(std::size_t more, std::size_t held, std::size_t most) {
  return more == 0 || held == 0 || held + more <= most;
}

}  // namespace

backend::HostBytes most_for(backend::HostBytes most, std::size_t decoders) {
  most.files = std::max(most.files, most.files / 2 * decoders);
  return most;
}

backend::HostBytes bytes_of(const Picture& picture) {
  if (const auto* const file = std::get_if<EncodedImage>(&picture)) {
    return {.files = file->size(), .pixels = 0};
  }
  if (const auto* const planes = std::get_if<Planes>(&picture)) {
    return {.files = 0, .pixels = planes->samples().size()};
  }
  const auto* const image = std::get_if<Image>(&picture);
  return {.files = 0, .pixels = image != nullptr ? image->pixels().size() : 0};
}

backend::HostBytes bytes_of(const backend::Job& job) {
  backend::HostBytes bytes = bytes_of(job.picture);
  bytes.files += job.file.size();
  return bytes;
}

std::size_t decoded_bytes_of(const Picture& picture, const DecodeLimits& limits) {
  const auto* const file = std::get_if<EncodedImage>(&picture);
  return file != nullptr ? image::decoded_bytes(*file, limits) : 0;
}

bool Budget::has_room(const backend::HostBytes& more) const {
  return fits(more.files, held_.files, most_.files) &&
         fits(more.pixels, held_.pixels, most_.pixels);
}

void Budget::change(backend::HostBytes& counted, const backend::HostBytes& now) {
  remove(counted);
  add(now);
  counted = now;
}

void Budget::add(const backend::HostBytes& more) {
  held_.files += more.files;
  held_.pixels += more.pixels;
}

void Budget::remove(const backend::HostBytes& less) {
  held_.files -= less.files;
  held_.pixels -= less.pixels;
}

}  // namespace yolofleet::fleet
