using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>
/// Searches for the scale of a block that makes its weighted squared error small, as in ggml-quants.c (MIT): tries scales around the
/// one given by the extremes, rounds to codes with each, and keeps the best fit for those codes.
/// </summary>
internal static unsafe class BlockSearch
{
    private const float Zero = 1e-15f;

    /// <summary>value = scale * code, codes -<paramref name="limit"/> to <paramref name="limit"/> - 1, weighted with value^2 (make_qx_quants).</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">Number of values.</param>
    /// <param name="limit">A power of two.</param>
    /// <param name="codes">[count]: code + limit, written.</param>
    /// <returns>The scale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Symmetric(float* values, int count, int limit, byte* codes)
    {
        float largest = 0, magnitude = 0;
        for (int i = 0; i < count; i++)
        {
            if (MathF.Abs(values[i]) > magnitude)
                (magnitude, largest) = (MathF.Abs(values[i]), values[i]);
        }

        if (magnitude < Zero)
        {
            new Span<byte>(codes, count).Clear();
            return 0;
        }

        float inverse = -limit / largest;
        (float products, float squares) = Fit(values, count, limit, inverse);
        Round(values, count, limit, inverse, codes);
        float scale = squares != 0 ? products / squares : 0, best = scale * products;
        for (int step = -9; step <= 9; step++)
        {
            inverse = -(limit + 0.1f * step) / largest;
            (products, squares) = Fit(values, count, limit, inverse);
            if (step == 0 || !(squares > 0 && products * products > best * squares))
                continue;

            Round(values, count, limit, inverse, codes);
            scale = products / squares;
            best = scale * products;
        }

        return scale;
    }

    /// <summary>value = scale * code - minimum, 32 codes of 0 to 15, weighted with |value| + rms (make_qkx2_quants, 20 steps of 0.1 from -1).</summary>
    /// <param name="values">[32].</param>
    /// <param name="codes">[32], written.</param>
    /// <param name="minimum">Written, 0 or more.</param>
    /// <returns>The scale, 0 or more.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float WithMinimum(float* values, byte* codes, out float minimum)
    {
        const int Count = 32, Top = 15;
        float* weights = stackalloc float[Count];
        byte* tried = stackalloc byte[Count];
        Weigh(values, weights);
        float least = values[0], most = values[0], sumWeights = weights[0], sumValues = weights[0] * values[0];
        for (int i = 1; i < Count; i++)
        {
            least = values[i] < least ? values[i] : least;
            most = values[i] > most ? values[i] : most;
            sumWeights += weights[i];
            sumValues += weights[i] * values[i];
        }

        least = least > 0 ? 0 : least;
        if (most == least)
        {
            new Span<byte>(codes, Count).Clear();
            minimum = -least;
            return 0;
        }

        float inverse = Top / (most - least), scale = 1 / inverse;
        Round(values, least, inverse, codes);
        float error = Error(values, weights, codes, scale, least);
        for (int step = 0; step <= 20; step++)
        {
            // Measured from the best minimum so far.
            inverse = (-1f + 0.1f * step + Top) / (most - least);
            Round(values, least, inverse, tried);
            float sum = 0, squares = 0, products = 0;
            for (int i = 0; i < Count; i++)
            {
                int code = tried[i];
                sum += weights[i] * code;
                squares += weights[i] * code * code;
                products += weights[i] * code * values[i];
            }

            float determinant = sumWeights * squares - sum * sum;
            if (!(determinant > 0))
                continue;

            float fitted = (sumWeights * products - sumValues * sum) / determinant, offset = (squares * sumValues - sum * products) / determinant;
            if (offset > 0)
                (offset, fitted) = (0, products / squares);
            float other = Error(values, weights, tried, fitted, offset);
            if (!(other < error))
                continue;

            new Span<byte>(tried, Count).CopyTo(new(codes, Count));
            (error, scale, least) = (other, fitted, offset);
        }

        minimum = -least;
        return scale;
    }

    /// <summary>The nearest integer, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Nearest(float value) => (int)MathF.Round(value);

    private static void Weigh(float* values, float* weights)
    {
        float squares = 0;
        for (int i = 0; i < 32; i++)
            squares += values[i] * values[i];

        float mean = MathF.Sqrt(squares / 32);
        for (int i = 0; i < 32; i++)
            weights[i] = mean + MathF.Abs(values[i]);
    }

    private static void Round(float* values, float minimum, float inverse, byte* codes)
    {
        for (int i = 0; i < 32; i++)
            codes[i] = (byte)Math.Clamp(Nearest(inverse * (values[i] - minimum)), 0, 15);
    }

    private static void Round(float* values, int count, int limit, float inverse, byte* codes)
    {
        for (int i = 0; i < count; i++)
            codes[i] = (byte)(limit + Math.Clamp(Nearest(inverse * values[i]), -limit, limit - 1));
    }

    private static float Error(float* values, float* weights, byte* codes, float scale, float minimum)
    {
        float error = 0;
        for (int i = 0; i < 32; i++)
        {
            float difference = scale * codes[i] + minimum - values[i];
            error += weights[i] * (difference * difference);
        }

        return error;
    }

    private static (float Products, float Squares) Fit(float* values, int count, int limit, float inverse)
    {
        float products = 0, squares = 0;
        for (int i = 0; i < count; i++)
        {
            int code = Math.Clamp(Nearest(inverse * values[i]), -limit, limit - 1);
            float weight = values[i] * values[i];
            products += weight * values[i] * code;
            squares += weight * code * code;
        }

        return (products, squares);
    }
}
