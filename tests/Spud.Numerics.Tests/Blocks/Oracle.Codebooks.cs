using Spud.Numerics.Blocks;

namespace Spud.Numerics.Tests.Blocks;

/// <summary>The formats that number points of a codebook.</summary>
internal static partial class Oracle
{
    private static double FromCodebook(string format, ReadOnlySpan<byte> block, int i)
    {
        int group = i / 32;
        int eight = i / 8;
        switch (format)
        {
            case "IQ4_XS":
                int high = (BitConverter.ToUInt16(block[2..]) >> (2 * group)) & 3;
                int low = (block[4 + group / 2] >> (group % 2 * 4)) & 15;
                return Half(block, 0) * (low + 16 * high - 32) * _nonLinear[Nibble(block.Slice(8 + group * 16, 16), i % 32)];

            case "IQ2_XXS":
                ulong entry = BitConverter.ToUInt64(block[(2 + group * 8)..]);
                int sevenSigns = (int)(entry >> (32 + eight % 4 * 7)) & 127;
                return Half(block, 0) * ((entry >> 60) + 0.5) / 4
                    * Coordinate(Iq2XxsGrid.Points[block[2 + group * 8 + eight % 4]], i % 8) * Sign(sevenSigns, i % 8);

            case "IQ2_XS":
                int number = BitConverter.ToUInt16(block[(2 + eight * 2)..]);
                return Half(block, 0) * (ScaleOfSixteen(block[66..], i) + 0.5) / 4
                    * Coordinate(Iq2XsGrid.Points[number % 512], i % 8) * Sign(number / 512, i % 8);

            case "IQ2_S":
                int two = (block[66 + group] >> (eight % 4 * 2)) & 3;
                return Half(block, 0) * (ScaleOfSixteen(block[74..], i) + 0.5) / 4
                    * Coordinate(Iq2SGrid.Points[block[2 + eight] + 256 * two], i % 8) * (1 - 2 * Bit(block[34..], i));

            case "IQ3_XXS":
                uint rest = BitConverter.ToUInt32(block[(66 + group * 4)..]);
                return Half(block, 0) * ((rest >> 28) + 0.5) / 2
                    * Coordinate(Iq3XxsGrid.Points[block[2 + i / 4]], i % 4) * Sign((int)(rest >> (eight % 4 * 7)) & 127, i % 8);

            case "IQ3_S":
                return Half(block, 0) * (2 * ((block[106 + group / 2] >> (group % 2 * 4)) & 15) + 1)
                    * Coordinate(Iq3SGrid.Points[block[2 + i / 4] + 256 * Bit(block[66..], i / 4)], i % 4)
                    * (1 - 2 * Bit(block[74..], i));

            case "IQ1_S":
                int bits = BitConverter.ToUInt16(block[(34 + group * 2)..]);
                return Half(block, 0) * (2 * ((bits >> 12) & 7) + 1)
                    * (Coordinate(Iq1Grid.Points[block[2 + eight] + 256 * ((bits >> (eight % 4 * 3)) & 7)], i % 8)
                        + (bits >> 15 == 0 ? 0.125 : -0.125));

            case "IQ1_M":
                int scale = (BitConverter.ToUInt16(block[(48 + i / 64 * 2)..]) >> (i % 64 / 16 * 3)) & 7;
                int half = (block[32 + i / 16] >> (eight % 2 * 4)) & 15;
                return Half(block[49] >> 4 | (block[51] >> 4) << 4 | (block[53] >> 4) << 8 | (block[55] >> 4) << 12)
                    * (2 * scale + 1)
                    * (Coordinate(Iq1Grid.Points[block[eight] + 256 * (half & 7)], i % 8) + (half < 8 ? 0.125 : -0.125));

            default:
                throw new ArgumentException($"{format} has no oracle.", nameof(format));
        }
    }

    private static int ScaleOfSixteen(ReadOnlySpan<byte> scales, int i) => (scales[i / 32] >> (i / 16 % 2 * 4)) & 15;

    private static double Coordinate(ulong point, int i) => (sbyte)(point >> (8 * i));

    // Seven signs are stored; the number of minus signs is even.
    private static double Sign(int seven, int i)
    {
        bool negative = i < 7 ? (seven >> i & 1) == 1 : int.PopCount(seven) % 2 == 1;
        return negative ? -1 : 1;
    }
}
