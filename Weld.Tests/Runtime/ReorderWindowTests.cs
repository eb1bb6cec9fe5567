using Weld.Managed.Runtime;

namespace Weld.Tests.Runtime;

public sealed class ReorderWindowTests
{
    [Fact]
    public void PartsAreJoinedInOrderByOneThreadAtATime()
    {
        var window = new ReorderWindow(10, 4);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => window.Take()));
        Assert.Equal(ReorderWindow.None, window.Finish(2));
        Assert.Equal(ReorderWindow.None, window.Finish(1));
        Assert.Equal(0, window.Finish(0));
        Assert.Equal(ReorderWindow.None, window.Finish(3));
        Assert.Equal(1, window.FinishJoin());
        Assert.Equal(2, window.FinishJoin());
        Assert.Equal(3, window.FinishJoin());
        Assert.Equal(ReorderWindow.None, window.FinishJoin());
        Assert.Equal([4, 5], [window.Take(), window.Take()]);
        Assert.Equal(ReorderWindow.None, window.Finish(5));
        Assert.Equal(4, window.Finish(4));
        Assert.Equal(5, window.FinishJoin());
        Assert.Equal(ReorderWindow.None, window.FinishJoin());
    }

    [Fact]
    public void AfterTheLastPartNoThreadWaits()
    {
        var window = new ReorderWindow(2, 2);
        Assert.Equal([0, 1], [window.Take(), window.Take()]);
        Assert.True(window.Take() >= 2);
    }

    [Fact]
    public async Task AThreadAWindowAheadGoesOnOnceThereIsRoom()
    {
        var window = new ReorderWindow(5, 2);
        Assert.Equal([0, 1], [window.Take(), window.Take()]);
        var (third, fourth) = (Task.Run(window.Take), Task.Run(window.Take));
        Assert.Equal(0, window.Finish(0));
        Assert.Equal(ReorderWindow.None, window.FinishJoin());
        Assert.Equal(2, await await Task.WhenAny(third, fourth));
        Assert.Equal(1, window.Finish(1));
        Assert.Equal(ReorderWindow.None, window.FinishJoin());
        Assert.Equal([2, 3], (await Task.WhenAll(third, fourth)).Order());
    }

    [Fact]
    public async Task AClosedWindowLetsThoseGoWhoWait()
    {
        var window = new ReorderWindow(5, 1);
        Assert.Equal(0, window.Take());
        Task<long>[] others = [Task.Run(window.Take), Task.Run(window.Take)];
        window.Close();
        Assert.All(await Task.WhenAll(others), index => Assert.True(index >= 5));
        Assert.True(window.Take() >= 5);
    }
}
