import { createServer } from 'node:http';
import { startGateway } from './gateway.ts';
const s = createServer((q, r) => { let n=0; q.on('close',()=>console.log('upstream req closed', q.complete)); r.writeHead(413).end('too large'); r.on('close',()=>console.log('upstream res closed')); });
s.listen(0,'127.0.0.1', async () => {
 const g = await startGateway({port:0, upstreams:[{service:{name:'o',prefix:'/orders',port:1,needs:[]}, port:(s.address() as any).port}]});
 for (let i=0;i<2;i++){
 const t=Date.now();
 const a = await fetch(g.url+'/orders',{method:'POST',body:'x'.repeat(20_000_000)});
 console.log(a.status, await a.text(), Date.now()-t);}
 await new Promise(r=>setTimeout(r,200));
 const t2=Date.now(); await g.stop(); console.log('stop', Date.now()-t2); s.closeAllConnections(); s.close();
});
