namespace Spud;

/// <summary>Sizes of the element types.</summary>
public static class ElementTypes
{
    extension(ElementType type)
    {
        /// <summary>Whether the number is an element type that this contract knows.</summary>
        public bool IsKnown => Block(type).Elements != 0;

        /// <summary>Elements of a block: 1, 32, 64 or 256.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        public int BlockElements => Known(type).Elements;

        /// <summary>Bytes of a block.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        public int BlockBytes => Known(type).Bytes;

        /// <summary>Size of a number of elements in bytes.</summary>
        /// <param name="elements">A whole number of blocks.</param>
        /// <exception cref="ArgumentException">The elements are not a whole number of blocks.</exception>
        /// <exception cref="OverflowException">The size does not fit 63 bits.</exception>
        public long BytesOf(long elements)
        {
            (int size, int bytes) = Known(type);
            if (size == 1)
                return checked(elements * bytes); // no division: views are cut for every tile of a product

            (long blocks, long rest) = Math.DivRem(elements, size);
            return rest == 0
                ? checked(blocks * bytes)
                : throw new ArgumentException($"{elements} elements are not a whole number of {type} blocks ({size} elements each).", nameof(elements));
        }
    }

    private static (int Elements, int Bytes) Known(ElementType type) =>
        Block(type) is var block && block.Elements != 0
            ? block
            : throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type");

    private static (int Elements, int Bytes) Block(ElementType type) => type switch
    {
        ElementType.I8 => (1, 1),
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => (1, 2),
        ElementType.F32 or ElementType.I32 => (1, 4),
        ElementType.F64 or ElementType.I64 => (1, 8),
        ElementType.MXFP4 => (32, 17),
        ElementType.Q4_0 or ElementType.IQ4_NL => (32, 18),
        ElementType.Q4_1 => (32, 20),
        ElementType.Q5_0 => (32, 22),
        ElementType.Q5_1 => (32, 24),
        ElementType.Q8_0 => (32, 34),
        ElementType.Q8_1 => (32, 36),
        ElementType.NVFP4 => (64, 36),
        ElementType.Q2_K => (256, 84),
        ElementType.Q3_K or ElementType.IQ3_S => (256, 110),
        ElementType.Q4_K => (256, 144),
        ElementType.Q5_K => (256, 176),
        ElementType.Q6_K => (256, 210),
        ElementType.Q8_K => (256, 292),
        ElementType.IQ2_XXS or ElementType.TQ2_0 => (256, 66),
        ElementType.IQ2_XS => (256, 74),
        ElementType.IQ2_S => (256, 82),
        ElementType.IQ3_XXS => (256, 98),
        ElementType.IQ4_XS => (256, 136),
        ElementType.IQ1_S => (256, 50),
        ElementType.IQ1_M => (256, 56),
        ElementType.TQ1_0 => (256, 54),
        _ => (0, 0),
    };
}
