#include "darknet/section_tables.hpp"

#include <array>
#include <vector>

#include "darknet/layers/layers.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;

// The keys that Darknet reads in each section: src/parser.c, parse_net_options and the parse_* of
// the layers, and at the end of parse_network_cfg_custom for every layer.

constexpr std::array kNetKeys{
    Key{"width"},
    Key{"height"},
    Key{"channels"},
    Key{"letter_box"},
    Key{"inputs", kRefused},
    Key{"batch", kIgnored},
    Key{"subdivisions", kIgnored},
    Key{"time_steps", kIgnored},
    Key{"track", kIgnored},
    Key{"augment_speed", kIgnored},
    Key{"sequential_subdivisions", kIgnored},
    Key{"try_fix_nan", kIgnored},
    Key{"max_batches", kIgnored},
    Key{"learning_rate", kIgnored},
    Key{"learning_rate_min", kIgnored},
    Key{"sgdr_cycle", kIgnored},
    Key{"sgdr_mult", kIgnored},
    Key{"momentum", kIgnored},
    Key{"decay", kIgnored},
    Key{"weights_reject_freq", kIgnored},
    Key{"equidistant_point", kIgnored},
    Key{"badlabels_rejection_percentage", kIgnored},
    Key{"num_sigmas_reject_badlabels", kIgnored},
    Key{"ema_alpha", kIgnored},
    Key{"use_cuda_graph", kIgnored},
    Key{"loss_scale", kIgnored},
    Key{"dynamic_minibatch", kIgnored},
    Key{"optimized_memory", kIgnored},
    Key{"workspace_size_limit_MB", kIgnored},
    Key{"adam", kIgnored},
    Key{"B1", kIgnored},
    Key{"B2", kIgnored},
    Key{"eps", kIgnored},
    Key{"max_crop", kIgnored},
    Key{"min_crop", kIgnored},
    Key{"flip", kIgnored},
    Key{"blur", kIgnored},
    Key{"gaussian_noise", kIgnored},
    Key{"mixup", kIgnored},
    Key{"cutmix", kIgnored},
    Key{"mosaic", kIgnored},
    Key{"mosaic_bound", kIgnored},
    Key{"contrastive", kIgnored},
    Key{"contrastive_jit_flip", kIgnored},
    Key{"contrastive_color", kIgnored},
    Key{"unsupervised", kIgnored},
    Key{"label_smooth_eps", kIgnored},
    Key{"resize_step", kIgnored},
    Key{"attention", kIgnored},
    Key{"adversarial_lr", kIgnored},
    Key{"max_chart_loss", kIgnored},
    Key{"angle", kIgnored},
    Key{"aspect", kIgnored},
    Key{"saturation", kIgnored},
    Key{"exposure", kIgnored},
    Key{"hue", kIgnored},
    Key{"power", kIgnored},
    Key{"policy", kIgnored},
    Key{"burn_in", kIgnored},
    Key{"step", kIgnored},
    Key{"scale", kIgnored},
    Key{"steps", kIgnored},
    Key{"scales", kIgnored},
    Key{"seq_scales", kIgnored},
    Key{"gamma", kIgnored},
    Key{"show_receptive_field", kIgnored},
};

constexpr std::array kEveryLayerKeys{
    Key{"clip", kIgnored},
    Key{"onlyforward", kIgnored},
    Key{"dont_update", kIgnored},
    Key{"burnin_update", kIgnored},
    Key{"stopbackward", kIgnored},
    Key{"train_only_bn", kIgnored},
    Key{"learning_rate", kIgnored},
    Key{"dontload", kUnsupported},
    Key{"dontloadscales", kUnsupported},
};

/// Keys that no version of Darknet reads in these sections, but that are common in users' files.
constexpr std::array kDeadKeys{Key{"max_epochs", kDead}, Key{"beta1", kDead},
                               Key{"uc_normalizer", kDead}};

// Sections that Darknet knows (src/parser.c, string_to_layer_type), but that yolofleet doesn't
// support.
constexpr std::array kUnsupportedSections{
    SectionKind{"activation", {}}, SectionKind{"batchnorm", {}},     SectionKind{"conn", {}},
    SectionKind{"connected", {}},  SectionKind{"conv_lstm", {}},     SectionKind{"cost", {}},
    SectionKind{"crnn", {}},       SectionKind{"crop", {}},          SectionKind{"detection", {}},
    SectionKind{"empty", {}},      SectionKind{"gru", {}},           SectionKind{"history", {}},
    SectionKind{"implicit", {}},   SectionKind{"local", {}},         SectionKind{"lrn", {}},
    SectionKind{"lstm", {}},       SectionKind{"normalization", {}}, SectionKind{"rnn", {}},
    SectionKind{"silence", {}},    SectionKind{"soft", {}},          SectionKind{"softmax", {}},
};

}  // namespace

std::span<const Key> net_keys() noexcept {
  return kNetKeys;
}

std::span<const Key> every_layer_keys() noexcept {
  return kEveryLayerKeys;
}

std::span<const Key> dead_keys() noexcept {
  return kDeadKeys;
}

std::span<const SectionKind> layer_kinds() {
  static const std::vector<SectionKind> kinds = [] {
    std::vector<SectionKind> all;
    for (const std::span<const SectionKind> group :
         {convolution_sections(), join_sections(), resampling_sections(), product_sections(),
          reorg_sections(), head_sections(), std::span<const SectionKind>{kUnsupportedSections}}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return kinds;
}

}  // namespace yolofleet::darknet
