/** How `aresample` mixes channels, wherever it does. */

/**
 * `rematrix_maxval=1` scales a mix so that it cannot clip. FFmpeg's own default does that for integer samples only, so
 * that a mix would be 7.7 dB louder in formats whose encoders take floats. The LFE channel is left out, as ITU-R BS.775
 * and Dolby's down-mixes do.
 */
export const MIX = ['rematrix_maxval=1', 'lfe_mix_level=0'];
