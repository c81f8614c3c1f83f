namespace Spud.Execution;

/// <summary>
/// Requests of the host to memory domains during a step. If a device is lost here, it is named in the exception, because the component that
/// the host is working for may be on another device.
/// </summary>
internal static class DomainCopies
{
    /// <summary>Queues a copy between a device and the host, or within one of them.</summary>
    public static void Copy(in TensorView from, in TensorView to)
    {
        IMemoryDomain domain = from.Domain.IsHost ? to.Domain : from.Domain;
        try
        {
            domain.Copy(from, to);
        }
        catch (DeviceLostException lost) when (lost.Domain is null)
        {
            throw Named(lost, domain);
        }
    }

    /// <summary>Queues a copy of a plan.</summary>
    public static void Copy(in RoutingPlan from, in RoutingPlan to)
    {
        Copy(from.Offsets, to.Offsets);
        Copy(from.Experts, to.Experts);
        Copy(from.Weights, to.Weights);
    }

    /// <summary>Waits until all queued work of a domain has finished.</summary>
    public static void Wait(IMemoryDomain domain)
    {
        try
        {
            domain.Wait();
        }
        catch (DeviceLostException lost) when (lost.Domain is null)
        {
            throw Named(lost, domain);
        }
    }

    private static DeviceLostException Named(DeviceLostException lost, IMemoryDomain domain) => new(lost.Message, lost) { Domain = domain };
}
