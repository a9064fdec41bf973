#include <array>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;

constexpr std::array kReorgKeys{Key{"stride"}, Key{"reverse", kUnsupported}};

int read_stride(OptionReader& reader) {
  return reader.integer("stride", 1, {1, graph::limits::kMaxStride});
}

graph::Operation convert_reorg(OptionReader& reader) {
  return graph::Reorg{read_stride(reader), true};
}

graph::Operation convert_reorg3d(OptionReader& reader) {
  return graph::Reorg{read_stride(reader), false};
}

constexpr std::array kReorgSections{
    SectionKind{"reorg", kReorgKeys, convert_reorg},
    SectionKind{"reorg3d", kReorgKeys, convert_reorg3d},
};

}  // namespace

std::span<const SectionKind> reorg_sections() noexcept {
  return kReorgSections;
}

}  // namespace yolofleet::darknet
