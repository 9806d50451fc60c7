// Most of these tests start storage, a hub or the function app.
[assembly: Trait("Category", "Slow")]
