using Spud;

namespace Reference;

/// <summary>Spans over memory of the host and of the pretend device.</summary>
internal static class Reading
{
    extension(TensorView view)
    {
        /// <summary>F32 elements.</summary>
        public Span<float> Floats => view.As<float>(ElementType.F32);

        /// <summary>I32 elements.</summary>
        public Span<int> Ints => view.As<int>(ElementType.I32);

        private unsafe Span<T> As<T>(ElementType type)
            where T : unmanaged
        {
            if (view.Type != type)
                throw new ArgumentException($"a view of {view.Type} was given where {type} is read");

            nint address = view.Domain switch
            {
                { IsHost: true } => view.Address,
                PretendDomain => PretendDomain.Real(view.Address),
                _ => throw new ArgumentException($"a view lies in {view.Domain.Name} memory, which this device cannot reach"),
            };
            return new((void*)address, checked((int)view.Elements));
        }
    }
}
