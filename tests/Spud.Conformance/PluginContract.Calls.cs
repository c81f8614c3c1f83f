using Spud.Configuration;
using Spud.Conformance.Allocation;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>What every call owes the host, whatever it computes.</summary>
public abstract partial class PluginContract
{
    /// <summary>Types of matrices whose kernels may differ in the order of their sums.</summary>
    private static readonly ElementType[] s_promisedTypes = [ElementType.F32, ElementType.F16, ElementType.Q8_0, ElementType.Q4_0];

    /// <summary>The same call with the same inputs gives the same bits, also with other calls in between.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void The_same_call_gives_the_same_bits(string role, string component)
    {
        Subject subject = Plugin[role, component];
        using IRig rig = RigFactory.Open(subject), other = RigFactory.Open(subject, settings => settings with { Slices = TestStep.Slices((40, 7)) });
        IReadOnlyList<Output> first = Ran(rig);
        Ran(other);
        RequireSame(first, Ran(rig), null);
        RequireSame(first, Ran(rig), null);
    }

    /// <summary>Two components of one kind do not share anything that changes.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void Two_at_once_do_not_disturb_each_other(string role, string component)
    {
        Subject subject = Plugin[role, component];
        IReadOnlyList<Output> alone, otherAlone;
        using (IRig rig = RigFactory.Open(subject))
            alone = Ran(rig);
        using (IRig rig = RigFactory.Open(subject, Other))
            otherAlone = Ran(rig);
        using IRig one = RigFactory.Open(subject), two = RigFactory.Open(subject, Other);
        foreach (IRig rig in new[] { one, two })
            rig.Build.Spoil();

        // Both work before either is waited for.
        one.Run();
        two.Run();
        one.Fetch();
        two.Fetch();
        RequireSame(alone, one.Outputs, null);
        RequireSame(otherAlone, two.Outputs, null);

        static RigSettings Other(RigSettings settings) => settings with { Slices = TestStep.Slices((40, 7)), Model = settings.Model with { Hidden = 96 } };
    }

    /// <summary>Work is split by rows and fixed borders, never by threads. Libraries with threads of their own keep to the tolerance.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void Threads_do_not_change_a_result(string role, string component)
    {
        Subject subject = Plugin[role, component];
        Tolerance? tolerance = subject.Offer.NativeThreads is null ? null : subject.Tolerance;
        foreach (ElementType type in s_promisedTypes)
        {
            IReadOnlyList<Output>? expected = null;
            foreach (int threads in new[] { 1, 2, 3 })
            {
                using IRig? rig = OpenUnlessRefused(subject, settings => settings with { Threads = threads, Weights = type, Slices = TestStep.Slices((64, 0), (1, 760), (3, 127)) });
                if (rig is null)
                    break;
                IReadOnlyList<Output> got = Ran(rig);
                RequireSame(expected ?? got, got, tolerance);
                expected ??= got;
            }
        }
    }

    /// <summary>What a row gives alone it gives among others: the same bits where the offer promises row invariance, else within the tolerance.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void A_row_does_not_depend_on_its_company(string role, string component)
    {
        Subject subject = Plugin[role, component];
        Tolerance? tolerance = subject.Offer.RowInvariant ? null : subject.Tolerance;
        Limits limits = new() { Rows = 96, Sequences = 8, ContextTokens = 2048, LogitRows = 96 };
        foreach (ElementType type in s_promisedTypes)
        {
            // 70 rows fold whole blocks, 7 rows parts of one, 1 row chunks on its own.
            using IRig? many = OpenUnlessRefused(subject, settings => settings with { Weights = type, Limits = limits, Slices = TestStep.Slices((2, 30), (70, 690)) });
            if (many is null)
                continue;
            IReadOnlyList<Output> all = Ran(many);
            foreach ((int first, int rows) in new[] { (0, 1), (7, 1), (8, 7), (69, 1), (64, 6) })
            {
                using IRig few = RigFactory.Open(subject, settings => settings with { Weights = type, Limits = limits, Slices = [TestStep.Slice(1, rows, 690 + first)] });
                RequireSame([.. all.Where(output => output.Width > 0).Select(output => Cut(output, 2 + first, rows))], [.. Ran(few).Where(output => output.Width > 0)], tolerance);
            }
        }

        static Output Cut(Output output, int first, int rows) => output with { Values = output.Values.AsSpan(first * output.Width, rows * output.Width).ToArray() };
    }

    /// <summary>Bands around every output stay whole, inputs and pages stay what they are, and every element of an output is written.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void Nothing_is_written_but_the_output(string role, string component)
    {
        foreach ((int, int)[] slices in new (int, int)[][] { [(1, 0)], [(7, 3), (1, 50), (2, 0)], [(96, 0)] })
        {
            using IRig rig = RigFactory.Open(Plugin[role, component], settings => settings with { Slices = TestStep.Slices(slices) });
            foreach (Output output in Ran(rig))
                Assert.All(output.Values, value => Assert.True(float.IsFinite(value), $"{output.Name}: {value}"));
            (rig as AttentionRig)?.RequirePagesUntouched();
        }
    }

    /// <summary>Shapes are checked at the border: a wrong one is an <see cref="ArgumentException"/>, and the component lives.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void Wrong_shapes_are_refused(string role, string component)
    {
        using IRig rig = RigFactory.Open(Plugin[role, component]);
        IReadOnlyList<Output> before = Ran(rig);
        foreach ((string what, Action call) in rig.WrongCalls())
        {
            rig.Build.Spoil();
            Exception? fault = Record.Exception(call);
            Assert.True(fault is ArgumentException, $"{what}: expected an ArgumentException, got {(fault is null ? "none" : $"{fault.GetType().Name}: {fault.Message}")}");
        }

        RequireSame(before, Ran(rig), null);
    }

    /// <summary>
    /// A call allocates no more managed memory than was promised, none by default, on the calling thread and on the pool's; a plugin's own
    /// threads are not looked at.
    /// </summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void A_call_allocates_nothing(string role, string component)
    {
        Subject subject = Plugin[role, component];
        foreach (int rows in new[] { 1, 40 })
        {
            foreach (int threads in new[] { 1, 2 })
            {
                using IRig rig = RigFactory.Open(subject, settings => settings with { Threads = threads, Slices = TestStep.Slices((rows, 600)), Weights = ElementType.Q8_0, MayBeRefused = true });
                rig.Build.Spoil();
                long bytes = AllocatedBytes.Of(rig.Build.Pool, () =>
                {
                    rig.Run();
                    rig.Wait();
                });
                AllocationPromise.Require(bytes, subject.Variant.Allocation.BytesPerCall, $"a call of {role} '{component}' with {rows} {(rows == 1 ? "row" : "rows")} and {threads} {(threads == 1 ? "thread" : "threads")}");
            }
        }
    }

    private static IReadOnlyList<Output> Ran(IRig rig)
    {
        rig.Build.Spoil();
        rig.Run();
        rig.Fetch();
        return rig.Outputs;
    }

    private static IRig? OpenUnlessRefused(Subject subject, Func<RigSettings, RigSettings> change)
    {
        try
        {
            return RigFactory.Open(subject, change);
        }
        catch (RefusedException) when (change(new() { Model = RigFactory.ModelFor(subject) }).Weights != ElementType.F32)
        {
            // That the type is refused is shown by the test of the type.
            return null;
        }
    }

    private static void RequireSame(IReadOnlyList<Output> expected, IReadOnlyList<Output> got, Tolerance? tolerance)
    {
        Assert.Equal(expected.Count, got.Count);
        for (int i = 0; i < got.Count; i++)
        {
            // Row by row, since a tolerance goes with the largest magnitude of a row.
            int width = got[i].Width > 0 ? got[i].Width : got[i].Values.Length;
            Assert.Equal(expected[i].Values.Length, got[i].Values.Length);
            for (int at = 0; at < got[i].Values.Length; at += width)
                Agreement.Same(expected[i].Values.AsSpan(at, width), got[i].Values.AsSpan(at, width), tolerance, $"{got[i].Name}, row {at / width}");
        }
    }
}
