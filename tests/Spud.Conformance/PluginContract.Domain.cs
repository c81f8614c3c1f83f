using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>A backend's memory domain, where it is not the host's: allocation, copies, conversions, pages.</summary>
public abstract partial class PluginContract
{
    /// <summary>Memory is zeroed and 64-byte aligned, and is so again after it was written to and freed.</summary>
    [ContractTheory]
    [OfDevices]
    public void Device_memory_is_zeroed_and_aligned(string role, string component)
    {
        using DeviceRig rig = new(Plugin[role, component]);
        foreach (int elements in new[] { 1, 3, 16, 1000, 100_000 })
        {
            for (int i = 0; i < 3; i++)
            {
                nint address = rig.Domain.Allocate(elements * sizeof(float));
                TensorView memory = new(rig.Domain, address, ElementType.F32, elements);
                Assert.Equal(0, address % 64);
                Assert.All(rig.Fetched(memory), value => Assert.Equal(0, value));
                rig.Domain.Copy(rig.Build.Floats(Samples.Of("written", elements), elements), memory);
                rig.Domain.Wait();
                rig.Domain.Free(address, elements * sizeof(float));
            }
        }
    }

    /// <summary>Nobody takes a device's addresses for the host's.</summary>
    [ContractTheory]
    [OfDevices]
    public void Device_memory_has_no_span(string role, string component)
    {
        using DeviceRig rig = new(Plugin[role, component]);
        Assert.NotEmpty(rig.Domain.Name);
        Assert.Throws<InvalidOperationException>(() => rig.Allocate(ElementType.F32, 4).AsSpan<float>().Length);
    }

    /// <summary>Any type to itself: to the device, inside it, and back, also for parts of an array.</summary>
    [ContractTheory]
    [OfDevices]
    public void A_device_copies_every_type_to_itself(string role, string component)
    {
        using DeviceRig rig = new(Plugin[role, component]);
        foreach (ElementType type in new[] { ElementType.F32, ElementType.I32, ElementType.F16, ElementType.BF16, ElementType.Q8_0, ElementType.Q4_0 })
        {
            TensorView source = rig.Encoded("copied", type, 5, 3, 64), back = rig.Build.Allocate(rig.Build.Host, type, 5, 3, 64);
            TensorView there = rig.Allocate(type, 5, 3, 64), elsewhere = rig.Allocate(type, 5, 3, 64);
            rig.Domain.Copy(source, there);
            rig.Domain.Copy(there.Rows(1, 2), elsewhere.Rows(2, 2));
            rig.Domain.Copy(there.Rows(0, 2), elsewhere.Rows(0, 2));
            rig.Domain.Copy(there.At(4), elsewhere.At(4));
            rig.Domain.Copy(elsewhere, back);
            rig.Domain.Wait();
            foreach ((int from, int to) in new[] { (0, 0), (1, 1), (1, 2), (2, 3), (4, 4) })
                Assert.True(source.At(from).AsSpan<byte>().SequenceEqual(back.At(to).AsSpan<byte>()), $"{type}: row {from} differs from what arrived as row {to}");
        }
    }

    /// <summary>A host source may be changed as soon as a copy returns; a host destination holds what the device held at that point of its queue.</summary>
    [ContractTheory]
    [OfDevices]
    public void Copies_happen_in_the_order_of_the_calls(string role, string component)
    {
        const int Elements = 20_000;
        using DeviceRig rig = new(Plugin[role, component]);
        TensorView there = rig.Allocate(ElementType.F32, Elements), source = rig.Build.Floats(default, Elements);
        TensorView[] back = [.. Enumerable.Range(0, 5).Select(_ => rig.Build.Floats(default, Elements))];
        for (int i = 0; i < back.Length; i++)
        {
            source.AsSpan<float>().Fill(i + 1);
            rig.Domain.Copy(source, there);
            source.AsSpan<float>().Fill(-1);
            rig.Domain.Copy(there, back[i]);
        }

        rig.Domain.Wait();
        for (int i = 0; i < back.Length; i++)
            Assert.All(back[i].AsSpan<float>().ToArray(), value => Assert.Equal(i + 1, value));
    }

    /// <summary>Copies between other shapes, or into another type than a copy can make, are refused.</summary>
    [ContractTheory]
    [OfDevices]
    public void Impossible_copies_are_refused(string role, string component)
    {
        using DeviceRig rig = new(Plugin[role, component]);
        TensorView host = rig.Build.Floats(default, 4, 4), there = rig.Allocate(ElementType.F32, 4, 5), integers = rig.Allocate(ElementType.I32, 4, 4);
        Assert.ThrowsAny<ArgumentException>(() => rig.Domain.Copy(host, there));
        Assert.ThrowsAny<ArgumentException>(() => rig.Domain.Copy(there, host));
        Assert.ThrowsAny<ArgumentException>(() => rig.Domain.Copy(host, integers));
    }

    /// <summary>Appended keys and values are, in every page type that the attention offers, what the host would have encoded.</summary>
    [ContractTheory]
    [OfDevices(Roles.Attention)]
    public void Appended_rows_are_in_their_pages(string role, string component)
    {
        foreach (ElementType type in Plugin[role, component].Offer.PageTypes)
        {
            using DeviceRig rig = new(Plugin[role, component]);
            int[] slots = [3, 7, 8, 0, 31, 16];
            PagePool pool = rig.Pool(type, rig.Domain), expected = rig.Pool(type, rig.Build.Host);
            rig.Domain.Append(rig.Heads(rig.Domain, slots.Length), rig.Build.Ints(slots, slots.Length), pool);
            rig.Build.Host.Append(rig.Heads(rig.Build.Host, slots.Length), rig.Build.Ints(slots, slots.Length), expected);
            Near(rig, expected.Keys, pool.Keys, type);
            Near(rig, expected.Values, pool.Values, type);
        }

        // A device may round halves another way than the host: one step of the format.
        static void Near(DeviceRig rig, in TensorView expected, in TensorView got, ElementType type)
        {
            float step = type switch { ElementType.F32 => 0, ElementType.F16 => 5e-4f, ElementType.BF16 => 4e-3f, ElementType.Q8_0 => 5e-3f, _ => 0.08f };
            float[] exact = rig.Decoded(expected), there = rig.Decoded(got);
            for (int i = 0; i < exact.Length; i++)
                Assert.True(Math.Abs(exact[i] - there[i]) <= step, $"{type}: element {i} is {there[i]}, the host has {exact[i]}");
        }
    }

    /// <summary>A plan on a device is checked after experts have seen it: any plan must be survived, and a good one after it be right.</summary>
    [ContractTheory]
    [OfDevices(Roles.Experts)]
    public void Experts_on_a_device_survive_any_plan(string role, string component)
    {
        Subject subject = Plugin[role, component];
        SequenceSlice[] slices = TestStep.Slices((6, 0));
        (int, float)[][] wild = [[(0, 1), (99, 1)], [(-1, 1), (2, float.NaN)], [(int.MaxValue, 1), (1, 1)], [(1, 1), (1, 1)], [(int.MinValue, float.PositiveInfinity)], []];
        RigSettings settings = new() { Model = s_mixture, Slices = slices };
        using ExpertsRig good = new(subject, settings);
        IReadOnlyList<Output> before = Ran(good);
        using (ExpertsRig bad = new(subject, settings, wild))
            bad.Call(bad.Run);
        RequireSame(before, Ran(good), null);
    }
}
