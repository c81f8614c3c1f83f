using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>A component of any role with everything that one round of its calls needs.</summary>
internal interface IRig : IDisposable
{
    /// <summary>What is tested.</summary>
    Subject Subject { get; }

    /// <summary>What the component was built in.</summary>
    TestBuild Build { get; }

    /// <summary>Every call of the role once, over all rows. Allocates nothing itself.</summary>
    void Run();

    /// <summary>Waits for what was called.</summary>
    void Wait();

    /// <summary>Waits, fetches the outputs, and checks that nothing else was touched.</summary>
    void Fetch();

    /// <summary>What the calls wrote, after <see cref="Fetch"/>.</summary>
    IReadOnlyList<Output> Outputs { get; }

    /// <summary>Calls with views of a wrong shape.</summary>
    IEnumerable<(string What, Action Call)> WrongCalls();
}

/// <summary>One array that was written.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Values">[T, ...].</param>
/// <param name="Width">Elements of a row; 0 where the array is not by rows.</param>
internal readonly record struct Output(string Name, float[] Values, int Width)
{
    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Width, Width);
}
